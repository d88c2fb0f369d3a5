/** The contact sheet: what the subject, the base model and the personalised model look like, side by side. */
@NullMarked
package org.dreamboothactors.deploy.sheet;

import org.jspecify.annotations.NullMarked;
