/** The commands of the command line, one class each. */
@NullMarked
package org.dreamboothactors.deploy.commands;

import org.jspecify.annotations.NullMarked;
