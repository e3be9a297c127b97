// Random documents over a schema: most are valid but for a few faults, and some have tokens that are out of place.
import { Lexer, Source, TokenKind, getNamedType, isAbstractType, isCompositeType, isEnumType, isInputObjectType, isListType, isNonNullType } from "graphql";

/** A generator of numbers from 0 up to 1, from a seed (mulberry32). */
function numbers(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Literals of every kind and form, for places that want another. */
const literals = [
  "0", "-1", "1", "2147483647", "2147483648", "-2147483648", "-2147483649", "99999999999999999999", "1.0", "1.5", "-0", "0.0",
  "1e3", "1e999", '""', '"x"', '"5"', '"""block"""', '"\\u00e9"', '"\\u{1F600}"', "true", "false", "null", "ADMIN", "BODY",
  "ASC", "SUCCESS", "USERS_READ", "CREATED_AT", "[]", "[1]", '["x"]', "[null]", "[[1]]", '[["x"]]', "[USERS_READ]", "[[ASC]]", "{}",
  '{id: 1}', '{email: "a@b.c"}', '{field: EMAIL, direction: ASC}', '{query: "x"}', "{query: null}", "[{}]", '[{query: "x"}]', "{x: {y: [1]}}",
];

const typeNames = ["Int", "Float", "String", "Boolean", "ID", "DateTime", "Duration", "EmailAddress", "JSON", "UserFilter", "UserOrder",
  "AuditFilter", "LoginInput", "RegisterInput", "CreateRoleInput", "Permission", "TokenDelivery", "LogoutScope", "User", "Node", "Query", "__Type",
  "__TypeKind", "Nothing"];

export class Author {
  constructor(schema, seed) {
    this.schema = schema;
    this.random = numbers(seed);
    this.composites = Object.values(schema.getTypeMap()).filter(isCompositeType);
    this.fault = [0, 0, 0.004, 0.02, 0.06][this.below(5)];
  }

  below(n) { return Math.floor(this.random() * n); }
  one(list) { return list[this.below(list.length)]; }
  chance(p) { return this.random() < p; }
  wrong(weight = 1) { return this.chance(this.fault * weight); }
  some(list, p) { return list.filter(() => this.chance(p)); }

  document() {
    this.planned = Array.from({ length: this.chance(0.6) ? 1 + this.below(4) : 0 }, (_, i) => ({
      name: `F${this.wrong() ? 0 : i}`, type: this.chance(0.6) ? this.fragmentType() : this.one(this.composites),
    }));
    for (let i = this.planned.length - 1; i >= 0; i--) {
      this.begin(`f${i}`);
      this.planned[i].text = this.fragment(this.planned[i], i);
      this.planned[i].variables = this.variables;
      this.planned[i].spread = this.spread;
    }
    const operations = this.chance(0.15) ? 1 + this.below(3) : 1;
    const used = new Set();
    const parts = Array.from({ length: operations }, (_, i) => {
      const text = this.operation(i, operations);
      this.reached().forEach((f) => used.add(f));
      return text;
    });
    for (const fragment of this.planned) {
      if (used.has(fragment) !== this.wrong()) {
        parts.push(fragment.text);
      }
    }
    if (this.chance(0.1)) {
      parts.reverse();
    }
    return parts.join(this.chance(0.1) ? "," : " ");
  }

  /** Variables are named after the operation or fragment that uses them first. */
  begin(prefix) {
    this.variables = new Map();
    this.spread = new Set();
    this.prefix = prefix;
  }

  /** The fragments that the present operation spreads, and that these spread. */
  reached() {
    const found = new Set();
    const follow = (names) => this.planned.filter((f) => names.has(f.name) && !found.has(f)).forEach((f) => {
      found.add(f);
      follow(f.spread);
    });
    follow(this.spread);
    return [...found];
  }

  fragmentType() {
    return this.schema.getType(this.one(["Query", "User", "Session", "Node", "Role", "AuditEvent", "Subscription", "Mutation", "AuthPayload", "__Type", "__Schema", "PageInfo"]));
  }

  operation(i, of) {
    const kind = this.one(["query", "query", "query", "mutation", "subscription"]);
    const root = { query: this.schema.getQueryType(), mutation: this.schema.getMutationType(), subscription: this.schema.getSubscriptionType() }[kind];
    this.begin("v");
    const set = this.set(root, this.below(4), 0, kind === "subscription");
    const directives = this.directives(this.fault * 2);
    for (const fragment of this.reached()) {
      fragment.variables.forEach((type, name) => this.variables.set(name, type));
    }
    if (kind === "query" && of === 1 && this.variables.size === 0 && directives === "" && this.chance(0.5)) {
      return set;
    }
    if (this.wrong()) {
      this.variables.set(`unused${this.below(2)}`, this.one(typeNames));
    }
    const definitions = [...this.variables].map(([name, type]) => this.variable(name, type));
    if (definitions.length > 0 && this.wrong()) {
      definitions.push(this.one(definitions));
    }
    if (definitions.length > 0 && this.wrong(2)) {
      definitions.splice(this.below(definitions.length), 1);
    }
    const name = of > 1 ? (this.wrong(3) ? "" : `O${this.wrong(3) ? 0 : i}`) : this.one(["", "Q", "on", "query", "fragment"]);
    const variables = definitions.length > 0 ? `(${definitions.join(this.one([", ", " "]))})` : "";
    const description = this.chance(0.02) ? this.one(['"described" ', '"""described""" ']) : "";
    return `${description}${kind} ${name}${variables}${directives} ${set}`;
  }

  variable(name, type) {
    let text = String(type);
    if (this.wrong(2)) {
      text = this.one([text + "!", text.replace(/!$/, ""), `[${text}]`, this.one(typeNames), `[${this.one(typeNames)}!]`].filter((t) => !t.endsWith("!!")));
    }
    const inner = typeof type === "string" ? undefined : type;
    let value = "";
    if (inner !== undefined && this.chance(0.2)) {
      this.constant = true;
      value = ` = ${this.value(inner, 2)}`;
      this.constant = false;
    } else if (this.wrong(2)) {
      value = ` = ${this.one(literals)}`;
    }
    const description = this.chance(0.01) ? '"described" ' : "";
    return `${description}$${name}: ${text}${value}${this.directives(this.fault)}`;
  }

  fragment({ name, type }, i) {
    const set = this.set(type, this.below(3), i + 1, false);
    const variables = this.wrong() ? "($a: Int)" : "";
    const on = this.wrong() ? this.one(typeNames) : type.name;
    const description = this.chance(0.02) ? '"described" ' : "";
    return `${description}fragment ${name}${variables} on ${on}${this.directives(this.fault)} ${set}`;
  }

  directives(p = 0.08) {
    let text = "";
    while (this.chance(p)) {
      const condition = this.chance(0.8) ? this.one(["true", "false"]) : this.use({ toString: () => "Boolean!" });
      text += this.wrong(3)
        ? this.one([" @skip", " @include(if: null)", ' @skip(if: "x")', " @nothing", " @deprecated", ` @include(if: ${condition}, if: true)`,
          " @skip(of: true)", ' @auth', " @public", ' @cost(weight: "1")', " @include(if: 1)", " @skip(if: [true])", " @defer", ' @specifiedBy(url: "x")', " @oneOf"])
        : ` @${text.includes("skip") && !this.wrong(5) ? "include" : this.one(["skip", "include"])}(if: ${condition})`;
      if (text.includes("skip") && text.includes("include")) {
        break;
      }
    }
    return text;
  }

  /** A variable of a type that fits. */
  use(type) {
    const base = String(type);
    const text = base.endsWith("!") || this.chance(0.6) ? base : base + "!";
    for (const [name, known] of this.variables) {
      if (this.chance(0.3) && String(known) === text) {
        return `$${name}`;
      }
    }
    const name = `${this.prefix}_${this.variables.size}`;
    this.variables.set(name, text === base && !this.wrong(3) ? type : this.wrong(3) ? base.replace(/!$/, "") : text);
    return `$${this.wrong() ? "missing" : name}`;
  }

  set(type, depth, from, lone) {
    const selections = [];
    const n = lone ? (this.wrong(4) ? 2 : 1) : 1 + this.below(3);
    for (let i = 0; i < n; i++) {
      selections.push(this.selection(type, depth, from, lone));
    }
    if (!lone && selections.length > 1 && this.chance(0.1)) {
      selections.push(this.one(selections)); // the same again
    }
    if (this.wrong(0.3)) {
      return "{}";
    }
    return `{ ${selections.join(this.one([" ", ", ", "\n"]))} }`;
  }

  selection(type, depth, from, lone = false) {
    const choice = this.random();
    if (choice < 0.12 && depth > 0) {
      const on = this.wrong(2) ? this.schema.getType(this.one(typeNames)) : this.related(type);
      const text = this.set(on && isCompositeType(on) ? on : type, depth - 1, from, lone);
      return `... ${this.chance(0.15) && on === type ? "" : `on ${on?.name ?? "Nothing"}`}${this.directives(lone ? 0.15 : 0.08)} ${text}`;
    }
    const fitting = this.planned?.slice(from).filter((f) => this.wrong(4) || this.overlap(type, f.type)) ?? [];
    if (choice < 0.3 && fitting.length > 0) {
      const { name } = this.one(fitting);
      this.spread.add(name);
      return `...${this.wrong() ? "Missing" : name}${this.directives()}`;
    }
    return this.field(type, depth, from, lone);
  }

  overlap(a, b) {
    const types = (t) => (isAbstractType(t) ? this.schema.getPossibleTypes(t) : [t]);
    return types(a).some((t) => types(b).includes(t));
  }

  related(type) {
    return this.one(this.composites.filter((t) => t === type || this.wrong() || this.overlap(t, type)));
  }

  field(type, depth, from, lone) {
    const fields = "getFields" in type ? Object.values(type.getFields()).filter((f) => !drafts.has(`${type.name}.${f.name}`)) : [];
    const leaves = fields.filter((f) => !isCompositeType(getNamedType(f.type)));
    const roots = type === this.schema.getQueryType() && this.chance(0.15) ? [this.schema.getQueryType() && metaSchema, metaType] : [];
    const alias = this.chance(0.12) ? `${this.one(["a", "id", "on", "email", "x", "true"])}: ` : "";
    if (this.wrong(2)) {
      return `${alias}${this.one(["nothing", "__typename", "__schema { queryType { name } }", "id", "name", "fields", "email", "node", "__type(name: \"User\") { name }", "sessionEvents { kind }"])}`;
    }
    if (!lone && (fields.length === 0 || this.chance(0.08))) {
      return `${alias}__typename${this.directives()}`;
    }
    if (roots.length > 0) {
      const meta = this.one(roots);
      return `${alias}${meta.text} ${this.set(this.schema.getType(meta.type), Math.max(depth, 1), from, false)}`;
    }
    const field = this.one(depth > 0 || leaves.length === 0 || lone ? fields : leaves);
    if (field === undefined) {
      return "__typename";
    }
    const inner = getNamedType(field.type);
    let selection = "";
    if (isCompositeType(inner) !== this.wrong(1)) {
      selection = isCompositeType(inner) ? ` ${depth > 0 ? this.set(inner, depth - 1, from, false) : "{ __typename }"}` : " { x }";
    }
    return `${alias}${field.name}${this.arguments(field.args.filter((a) => !drafts.has(`${type.name}.${field.name}(${a.name}:)`)))}${this.directives(lone ? 0.15 : 0.08)}${selection}`;
  }

  arguments(args) {
    const given = args.filter((a) => (isNonNullType(a.type) && a.defaultValue === undefined ? !this.wrong(2) : this.chance(0.3)));
    const texts = given.map((a) => `${this.wrong() ? "nothing" : a.name}: ${this.value(a.type, 3, a.defaultValue !== undefined)}`);
    if (texts.length > 0 && this.wrong()) {
      texts.push(this.one(texts));
    }
    if (this.wrong(0.5)) {
      texts.push(`extra: ${this.one(literals)}`);
    }
    if (this.chance(0.2)) {
      texts.reverse();
    }
    return texts.length > 0 ? `(${texts.join(this.one([", ", " "]))})` : "";
  }

  value(type, depth, hasDefault = false) {
    if (this.wrong(2)) {
      return this.one(literals);
    }
    if (!this.constant && this.chance(0.2)) {
      if (hasDefault && isNonNullType(type) && this.chance(0.5)) {
        return this.use(type.ofType);
      }
      return this.use(type);
    }
    if (isNonNullType(type)) {
      return this.value(type.ofType, depth);
    }
    if (this.chance(0.06)) {
      return "null";
    }
    if (isListType(type)) {
      return this.chance(0.2) ? this.value(type.ofType, depth) : `[${Array.from({ length: this.below(4) }, () => this.value(type.ofType, depth)).join(", ")}]`;
    }
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter((f) =>
        isNonNullType(f.type) && f.defaultValue === undefined ? !this.wrong(2) : this.chance(0.5));
      const texts = fields.map((f) => `${this.wrong() ? "nothing" : f.name}: ${depth > 0 ? this.value(f.type, depth - 1, f.defaultValue !== undefined) : "null"}`);
      if (this.chance(0.3)) {
        texts.reverse();
      }
      if (texts.length > 0 && this.wrong()) {
        texts.push(this.one(texts));
      }
      return `{${texts.join(", ")}}`;
    }
    if (isEnumType(type)) {
      return this.wrong(2) ? this.one(["NOTHING", "ASC", '"ASC"', "asc", "1"]) : this.one(type.getValues()).name;
    }
    switch (type.name) {
      case "Int": return this.one(["0", "1", "-5", "100", "2147483647"]);
      case "Float": return this.one(["0", "1.5", "-1e3"]);
      case "Boolean": return this.one(["true", "false"]);
      case "ID": return this.one(['"user_1"', "5", '""', "-7"]);
      case "DateTime": return this.one(['"2026-01-31T12:00:00Z"', '"2026-01-31T12:00:00.5+02:00"']);
      default: return this.one(['"x"', '""', '"""\n  block\n  """', '"\\u0041\\n"', '"é"']);
    }
  }
}

/** Fields and arguments of introspection that graphql-js 16.15 and 17 have from the working draft. */
const drafts = new Set(["__Directive.isDeprecated", "__Directive.deprecationReason", "__Schema.directives(includeDeprecated:)"]);

const metaSchema = { text: "__schema", type: "__Schema" };
const metaType = { text: '__type(name: "User")', type: "__Type" };

/** A document with one token taken out, doubled, moved or put in place of another. */
export function scrambled(source, seed) {
  const random = numbers(seed ^ 0x5bd1e995);
  const below = (n) => Math.floor(random() * n);
  let tokens;
  try {
    tokens = [];
    const lexer = new Lexer(new Source(source));
    for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
      tokens.push(source.slice(token.start, token.end));
    }
  } catch {
    return source;
  }
  const strange = ["{", "}", "(", ")", "[", "]", ":", "=", "!", "$", "@", "...", "|", "&", "on", "fragment", "query", "null", "true", "1", "-", "01", "1.",
    "1a", "1.5e", "0x1", '"', '"on"', '"""', '"a" "b"', "# note\n", "\u0007", "\ufeff", "'", "?", "extend", "type X { a: Int }", "directive @x on FIELD", "schema { query: Query }", "\r", "\\", "é"];
  const at = below(tokens.length);
  switch (below(5)) {
    case 0: tokens.splice(at, 1); break;
    case 1: tokens.splice(at, 0, tokens[at]); break;
    case 2: tokens.splice(at, 1, strange[below(strange.length)]); break;
    case 3: tokens.splice(at, 0, strange[below(strange.length)]); break;
    case 4: tokens.splice(at, 1, tokens[below(tokens.length)]); break;
  }
  return tokens.join(below(4) === 0 ? "" : " ");
}
