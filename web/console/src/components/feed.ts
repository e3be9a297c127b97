import type { OperationVariables, TypedDocumentNode } from "@apollo/client";
import { useApolloClient, useSubscription } from "@apollo/client/react";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { socketMonitor } from "../client";
import { codeOf } from "./errormessage";
import { type SocketState, useSocketState } from "./socketstate";

/** State of a subscription: its socket's, `lost` while the subscription itself is over, `off` while nobody wants it. */
export type FeedState = Exclude<SocketState, "idle"> | "off";

/** Milliseconds before a subscription that has ended is started again, from and to. */
const SOON = 1_000;
const LATEST = 30_000;

type Options<T, V> = {
  variables: V;
  skip: boolean;
  onEvent: (data: T) => void;
  /** Called when events may have been missed: the list has to be read again. */
  onGap?: () => void;
};

/** Follows a subscription, and starts it again when it ends: because this page was too slow, or after an error. */
export function useFeed<T, V extends OperationVariables>(
  document: TypedDocumentNode<T, V>,
  { variables, skip, onEvent, onGap }: Options<T, V>,
): { state: FeedState; error: unknown } {
  const client = useApolloClient();
  const socket = useSocketState(socketMonitor);
  const [over, setOver] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const ends = useRef(0);

  const { restart } = useSubscription<T, V>(document, {
    variables,
    skip,
    onData: ({ data: { data } }) => {
      ends.current = 0;
      setError(null);
      if (data) {
        onEvent(data as T);
      }
    },
    onError: (failure) => {
      setError(failure);
      setOver(true);
      if (codeOf(failure) === "FORBIDDEN") {
        void client.refetchQueries({ include: ["Me"] }); // the person's permissions have changed
      }
    },
    onComplete: () => setOver(true),
  } as useSubscription.Options<T, V>);

  const restartAfterEnd = useEffectEvent(() => {
    setOver(false);
    restart();
    onGap?.();
  });
  useEffect(() => {
    if (!over || skip) {
      return;
    }
    const timer = setTimeout(() => restartAfterEnd(), Math.min(SOON * 2 ** ends.current++, LATEST));
    return () => clearTimeout(timer);
  }, [over, skip]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another subscription starts without the state of the last one
  useEffect(() => {
    setOver(false);
    setError(null);
  }, [skip, JSON.stringify(variables)]);

  const state = skip ? "off" : over ? "lost" : socket === "idle" ? "connecting" : socket;
  return { state, error: skip ? null : error };
}
