/**
 * @generated SignedSource<<5edea944ad242201ad91aa8b4b11aa6c>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import type { ConcreteRequest } from 'relay-runtime';
export type SessionEventKind = "CHANGED" | "ENDED" | "STARTED" | "%future added value";
export type sessionsSubscription$variables = Record<PropertyKey, never>;
export type sessionsSubscription$data = {
  readonly sessionEvents: {
    readonly kind: SessionEventKind;
    readonly session: {
      readonly createdAt: string;
      readonly current: boolean;
      readonly id: string;
      readonly ipAddress: string | null | undefined;
      readonly userAgent: string | null | undefined;
    };
  };
};
export type sessionsSubscription = {
  response: sessionsSubscription$data;
  variables: sessionsSubscription$variables;
};

const node: ConcreteRequest = (function(){
var v0 = [
  {
    "alias": null,
    "args": null,
    "concreteType": "SessionEvent",
    "kind": "LinkedField",
    "name": "sessionEvents",
    "plural": false,
    "selections": [
      {
        "alias": null,
        "args": null,
        "kind": "ScalarField",
        "name": "kind",
        "storageKey": null
      },
      {
        "alias": null,
        "args": null,
        "concreteType": "Session",
        "kind": "LinkedField",
        "name": "session",
        "plural": false,
        "selections": [
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "id",
            "storageKey": null
          },
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "userAgent",
            "storageKey": null
          },
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "ipAddress",
            "storageKey": null
          },
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "createdAt",
            "storageKey": null
          },
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "current",
            "storageKey": null
          }
        ],
        "storageKey": null
      }
    ],
    "storageKey": null
  }
];
return {
  "fragment": {
    "argumentDefinitions": [],
    "kind": "Fragment",
    "metadata": null,
    "name": "sessionsSubscription",
    "selections": (v0/*:: as any*/),
    "type": "Subscription",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": [],
    "kind": "Operation",
    "name": "sessionsSubscription",
    "selections": (v0/*:: as any*/)
  },
  "params": {
    "cacheID": "e5db6b91646ee5bfc0a8d374161b45b0",
    "id": null,
    "metadata": {},
    "name": "sessionsSubscription",
    "operationKind": "subscription",
    "text": "subscription sessionsSubscription {\n  sessionEvents {\n    kind\n    session {\n      id\n      userAgent\n      ipAddress\n      createdAt\n      current\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "9c7648832da22b1e22237820a66c8a3f";

export default node;
