/**
 * @generated SignedSource<<99ca2078e1a7d43278ad7a032331522d>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import type { ConcreteRequest } from 'relay-runtime';
export type PendingStep = "CHANGE_PASSWORD" | "CONFIRM_EMAIL" | "ENROLL_SECOND_FACTOR" | "RESTORE_ACCOUNT" | "SECOND_FACTOR" | "%future added value";
export type TokenDelivery = "BODY" | "COOKIE" | "%future added value";
export type LoginInput = {
  delivery?: TokenDelivery;
  email: string;
  password: string;
};
export type signinLoginMutation$variables = {
  input: LoginInput;
};
export type signinLoginMutation$data = {
  readonly login: {
    readonly accessToken: string | null | undefined;
    readonly expiresIn: number | null | undefined;
    readonly pending: ReadonlyArray<PendingStep>;
    readonly refreshToken: string | null | undefined;
    readonly user: {
      readonly id: string;
    } | null | undefined;
  } | null | undefined;
};
export type signinLoginMutation = {
  response: signinLoginMutation$data;
  variables: signinLoginMutation$variables;
};

const node: ConcreteRequest = (function(){
var v0 = [
  {
    "defaultValue": null,
    "kind": "LocalArgument",
    "name": "input"
  }
],
v1 = [
  {
    "alias": null,
    "args": [
      {
        "kind": "Variable",
        "name": "input",
        "variableName": "input"
      }
    ],
    "concreteType": "AuthPayload",
    "kind": "LinkedField",
    "name": "login",
    "plural": false,
    "selections": [
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "accessToken",
        "storageKey": null
      },
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "refreshToken",
        "storageKey": null
      },
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "expiresIn",
        "storageKey": null
      },
      {
        "alias": null,
        "args": null,
        "concreteType": "User",
        "kind": "LinkedField",
        "name": "user",
        "plural": false,
        "selections": [
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "id",
            "storageKey": null
          }
        ],
        "storageKey": null
      },
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "pending",
        "storageKey": null
      }
    ],
    "storageKey": null
  }
];
return {
  "fragment": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Fragment",
    "metadata": null,
    "name": "signinLoginMutation",
    "selections": (v1/*:: as any*/),
    "type": "Mutation",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Operation",
    "name": "signinLoginMutation",
    "selections": (v1/*:: as any*/)
  },
  "params": {
    "cacheID": "78881d36a39125aaa3e192c2a6bc1bfd",
    "id": null,
    "metadata": {},
    "name": "signinLoginMutation",
    "operationKind": "mutation",
    "text": "mutation signinLoginMutation(\n  $input: LoginInput!\n) {\n  login(input: $input) {\n    accessToken\n    refreshToken\n    expiresIn\n    user {\n      id\n    }\n    pending\n  }\n}\n"
  }
};
})();

(node as any).hash = "66bb1a4642d6cb7e56a134f3ce49f7fa";

export default node;
