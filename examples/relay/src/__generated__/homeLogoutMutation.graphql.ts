/**
 * @generated SignedSource<<f4cf214b1bdd613bb9253d86c2ef0ebc>>
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
    "cacheID": "3aee54f919ed8cac9379b58abb05610b",
    "id": null,
    "metadata": {},
    "name": "homeLogoutMutation",
    "operationKind": "mutation",
    "text": "mutation homeLogoutMutation(\n  $scope: LogoutScope!\n) {\n  logout(scope: $scope) {\n    endedSessionIds\n  }\n}\n"
  }
};
})();

(node as any).hash = "34d00b9e830c41e35941172b9ee4d4ca";

export default node;
