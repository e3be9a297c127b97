// Examples of the operations of a schema, with arguments as variables and the fields that need no arguments.

import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from "graphql";

export type Kind = "query" | "mutation" | "subscription";
export type Example = { query: string; variables: string };
export type Field = GraphQLField<unknown, unknown>;

/** Maximum depth of an example in objects. A connection needs three levels to show a node. */
const DEPTH = 3;
const PAGE = 10;

/** Returns the root fields of a kind, in the order of the schema. */
export function operations(schema: GraphQLSchema, kind: Kind): Field[] {
  const type = { query: schema.getQueryType(), mutation: schema.getMutationType(), subscription: schema.getSubscriptionType() }[kind];
  return Object.values(type?.getFields() ?? {}).filter((field) => !field.deprecationReason);
}

export function exampleOf(kind: Kind, field: Field): Example {
  const given = field.args.filter(isRequiredArgument);
  const declared = given.map((arg) => `$${arg.name}: ${arg.type}`).join(", ");
  const passed = [...given.map((arg) => `${arg.name}: $${arg.name}`), ...page(field.args)].join(", ");
  const name = field.name.charAt(0).toUpperCase() + field.name.slice(1);
  const call = field.name + (passed && `(${passed})`) + selection(getNamedType(field.type), "  ", DEPTH);
  const variables = Object.fromEntries(given.map((arg) => [arg.name, sample(arg.name, arg.type)]));
  return {
    query: `${kind} ${name}${declared && `(${declared})`} {\n  ${call}\n}\n`,
    variables: given.length ? JSON.stringify(variables, null, 2) : "",
  };
}

function page(args: readonly GraphQLArgument[]): string[] {
  return args.some((arg) => arg.name === "first" && !isRequiredArgument(arg)) ? [`first: ${PAGE}`] : [];
}

function selection(type: GraphQLNamedType, indent: string, depth: number): string {
  if (isLeafType(type)) {
    return "";
  }
  const lines = isAbstractType(type) ? ["__typename"] : [];
  if (!isAbstractType(type) && isObjectType(type)) {
    for (const field of Object.values(type.getFields())) {
      const of = getNamedType(field.type);
      const deeper = isLeafType(of) || depth > 1;
      if (field.deprecationReason || field.args.some(isRequiredArgument) || !deeper) {
        continue;
      }
      const arguments_ = page(field.args).join(", ");
      // A list below a list is cut, because the inner object has its own example.
      const below = isLeafType(of) ? "" : selection(of, `${indent}  `, nested(field, depth));
      if (isLeafType(of) || below) {
        lines.push(field.name + (arguments_ && `(${arguments_})`) + below);
      }
    }
  }
  return lines.length ? ` {\n${lines.map((line) => `${indent}  ${line}`).join("\n")}\n${indent}}` : "";
}

/** Returns the depth below a field: 0 for a connection, because it has its own example. */
function nested(field: Field, depth: number): number {
  return field.args.some((arg) => arg.name === "first") ? 0 : depth - 1;
}

function sample(name: string, type: GraphQLInputType): unknown {
  if (isNonNullType(type)) {
    return sample(name, type.ofType);
  }
  if (isListType(type)) {
    return [sample(name, type.ofType)];
  }
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    const needed = fields.filter(isRequiredInputField);
    return Object.fromEntries((needed.length ? needed : fields).map((field) => [field.name, sample(field.name, field.type)]));
  }
  if (isEnumType(type)) {
    return type.getValues()[0]?.name;
  }
  switch (type.name) {
    case "Int":
    case "Float":
      return PAGE;
    case "Boolean":
      return false;
    case "EmailAddress":
      return "ada@example.com";
    default:
      return /password/i.test(name) ? "correct horse battery staple" : "";
  }
}
