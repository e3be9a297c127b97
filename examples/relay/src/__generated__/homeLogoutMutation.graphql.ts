/**
 * @generated SignedSource<<911b47b09d4cd54eac2ca8901241b3e0>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import type { ConcreteRequest } from 'relay-runtime';
export type LogoutScope = "ALL" | "CURRENT" | "OTHERS" | "%future added value";
export type homeLogoutMutation$variables = {
  scope: LogoutScope;
};
export type homeLogoutMutation$data = {
  readonly logout: {
    readonly endedSessionIds: ReadonlyArray<string>;
  } | null | undefined;
};
export type homeLogoutMutation = {
  response: homeLogoutMutation$data;
  variables: homeLogoutMutation$variables;
};

const node: ConcreteRequest = (function(){
var v0 = [
  {
    "defaultValue": null,
    "kind": "LocalArgument",
    "name": "scope"
  }
],
v1 = [
  {
    "kind": "ClientExtension",
    "selections": [
      {
        "alias": null,
        "args": [
          {
            "kind": "Variable",
            "name": "scope",
            "variableName": "scope"
          }
        ],
        "concreteType": "LogoutPayload",
        "kind": "LinkedField",
        "name": "logout",
        "plural": false,
        "selections": [
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "endedSessionIds",
            "storageKey": null
          }
        ],
        "storageKey": null
      }
    ]
  }
];
return {
  "fragment": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Fragment",
    "metadata": null,
    "name": "homeLogoutMutation",
    "selections": (v1/*:: as any*/),
    "type": "Mutation",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Operation",
    "name": "homeLogoutMutation",
    "selections": (v1/*:: as any*/)
  },
  "params": {
    "cacheID": "630555a744920db64d1897e87e4b49d0",
    "id": null,
    "metadata": {},
    "name": "homeLogoutMutation",
    "operationKind": "mutation",
    "text": null
  }
};
})();

(node as any).hash = "34d00b9e830c41e35941172b9ee4d4ca";

export default node;
