/** Service settings: one documented file, overridden by environment and flags. */
@NullMarked
package org.dreamboothactors.deploy.settings;

import org.jspecify.annotations.NullMarked;
