package org.dreamboothactors.actors.coordinator;

import org.dreamboothactors.actors.work.BaseModels.BaseModel;

/** The base models that runs may ask for. */
@FunctionalInterface
interface Models {
    /** The model of that name; throws IllegalArgumentException with a sentence for people when there is none. */
    BaseModel model(String name);
}
