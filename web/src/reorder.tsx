// Stands in for framer-motion (see vite.config.ts), which GraphiQL uses to drag tabs into another order: here they stay
// in the order they were opened in. The props that steer the dragging are not for the DOM.
import type { ComponentProps } from "react";

type Group = ComponentProps<"ul"> & Record<"axis" | "values" | "onReorder", unknown>;
type Item = ComponentProps<"li"> & Record<"dragConstraints" | "dragElastic" | "value", unknown>;

export const Reorder = {
  Group: ({ axis: _axis, values: _values, onReorder: _onReorder, ...props }: Group) => <ul {...props} />,
  Item: ({ dragConstraints: _constraints, dragElastic: _elastic, value: _value, ...props }: Item) => <li {...props} />,
};
