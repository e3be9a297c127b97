// Replaces framer-motion (see vite.config.ts), by which GraphiQL lets users drag tabs. Here tabs keep the order of their opening.
// The props of dragging are not passed to the DOM.
import type { ComponentProps } from "react";

type Group = ComponentProps<"ul"> & Record<"axis" | "values" | "onReorder", unknown>;
type Item = ComponentProps<"li"> & Record<"dragConstraints" | "dragElastic" | "value", unknown>;

export const Reorder = {
  Group: ({ axis: _axis, values: _values, onReorder: _onReorder, ...props }: Group) => <ul {...props} />,
  Item: ({ dragConstraints: _constraints, dragElastic: _elastic, value: _value, ...props }: Item) => <li {...props} />,
};
