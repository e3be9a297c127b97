/**
 * @generated SignedSource<<31ac00447a1b4607c03a7e4d2791b67b>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import type { ConcreteRequest } from 'relay-runtime';
export type AuditOutcome = "FAILURE" | "SUCCESS" | "%future added value";
export type auditSubscription$variables = {
  connections: ReadonlyArray<string>;
};
export type auditSubscription$data = {
  readonly auditEvents: {
    readonly action: string;
    readonly at: string;
    readonly id: string;
    readonly outcome: AuditOutcome;
    readonly subject: {
      readonly email: string | null | undefined;
      readonly id: string;
    } | null | undefined;
  };
};
export type auditSubscription = {
  response: auditSubscription$data;
  variables: auditSubscription$variables;
};

const node: ConcreteRequest = (function(){
var v0 = [
  {
    "defaultValue": null,
    "kind": "LocalArgument",
    "name": "connections"
  }
],
v1 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "id",
  "storageKey": null
},
v2 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "at",
  "storageKey": null
},
v3 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "action",
  "storageKey": null
},
v4 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "outcome",
  "storageKey": null
},
v5 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "email",
  "storageKey": null
};
return {
  "fragment": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Fragment",
    "metadata": null,
    "name": "auditSubscription",
    "selections": [
      {
        "alias": null,
        "args": null,
        "concreteType": "AuditEvent",
        "kind": "LinkedField",
        "name": "auditEvents",
        "plural": false,
        "selections": [
          (v1/*:: as any*/),
          (v2/*:: as any*/),
          (v3/*:: as any*/),
          (v4/*:: as any*/),
          {
            "alias": null,
            "args": null,
            "concreteType": "User",
            "kind": "LinkedField",
            "name": "subject",
            "plural": false,
            "selections": [
              (v1/*:: as any*/),
              {
                "kind": "CatchField",
                "field": (v5/*:: as any*/),
                "to": "NULL"
              }
            ],
            "storageKey": null
          }
        ],
        "storageKey": null
      }
    ],
    "type": "Subscription",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Operation",
    "name": "auditSubscription",
    "selections": [
      {
        "alias": null,
        "args": null,
        "concreteType": "AuditEvent",
        "kind": "LinkedField",
        "name": "auditEvents",
        "plural": false,
        "selections": [
          (v1/*:: as any*/),
          (v2/*:: as any*/),
          (v3/*:: as any*/),
          (v4/*:: as any*/),
          {
            "alias": null,
            "args": null,
            "concreteType": "User",
            "kind": "LinkedField",
            "name": "subject",
            "plural": false,
            "selections": [
              (v1/*:: as any*/),
              (v5/*:: as any*/)
            ],
            "storageKey": null
          }
        ],
        "storageKey": null
      },
      {
        "alias": null,
        "args": null,
        "filters": null,
        "handle": "prependNode",
        "key": "",
        "kind": "LinkedHandle",
        "name": "auditEvents",
        "handleArgs": [
          {
            "kind": "Variable",
            "name": "connections",
            "variableName": "connections"
          },
          {
            "kind": "Literal",
            "name": "edgeTypeName",
            "value": "AuditEventEdge"
          }
        ]
      }
    ]
  },
  "params": {
    "cacheID": "49c1df8baeaf0eb4c2511d1fcea0918d",
    "id": null,
    "metadata": {},
    "name": "auditSubscription",
    "operationKind": "subscription",
    "text": "subscription auditSubscription {\n  auditEvents {\n    id\n    at\n    action\n    outcome\n    subject {\n      id\n      email\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "1c5e7449e40e47318af5ab475f109be7";

export default node;
