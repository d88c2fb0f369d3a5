/** What personalisation adds and what it costs, measured on subjects whose identity is known exactly. */
@NullMarked
package org.dreamboothactors.deploy.evaluation;

import org.jspecify.annotations.NullMarked;
