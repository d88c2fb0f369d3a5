/** How a person describes a run: flags, YAML and dotted overrides, turned into a RunSpec. */
@NullMarked
package org.dreamboothactors.deploy.run;

import org.jspecify.annotations.NullMarked;
