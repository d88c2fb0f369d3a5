package org.dreamboothactors.toyworld.shapes;

/** A piece of a thing and what it is made of. */
public record Part(Solid solid, Material material) {

    /** Where a piece's colour comes from. */
    public enum Material {
        /** The subject's colour, with its pattern. */
        BODY,
        /** The subject's second colour. */
        ACCENT,
        /** Eyes, tyres. */
        DARK,
        /** Window panes. */
        GLASS
    }

    static Part body(Solid solid) {
        return new Part(solid, Material.BODY);
    }

    static Part accent(Solid solid) {
        return new Part(solid, Material.ACCENT);
    }

    static Part dark(Solid solid) {
        return new Part(solid, Material.DARK);
    }

    static Part glass(Solid solid) {
        return new Part(solid, Material.GLASS);
    }
}
