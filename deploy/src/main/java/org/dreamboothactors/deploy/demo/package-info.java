/** From the bundled photos to a contact sheet, with a service in this process. */
@NullMarked
package org.dreamboothactors.deploy.demo;

import org.jspecify.annotations.NullMarked;
