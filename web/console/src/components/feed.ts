import type { OperationVariables, TypedDocumentNode } from "@apollo/client";
import { useApolloClient, useSubscription } from "@apollo/client/react";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { socketMonitor } from "../client";
import { codeOf } from "./errormessage";
import { type SocketState, useSocketState } from "./socketstate";

/** State of a subscription: the state of its socket, `lost` after the end of the subscription, `off` while it is skipped. */
export type FeedState = Exclude<SocketState, "idle"> | "off";

/** Minimum and maximum milliseconds before an ended subscription is started again. */
const MIN_DELAY = 1_000;
const MAX_DELAY = 30_000;

type Options<T, V> = {
  variables: V;
  skip: boolean;
  onEvent: (data: T) => void;
  /** Called when events may be missing: the list has to be requested again. */
  onGap?: () => void;
};

/** Follows a subscription. Starts it again after its end, which follows an error or a page that was too slow. */
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
    const timer = setTimeout(() => restartAfterEnd(), Math.min(MIN_DELAY * 2 ** ends.current++, MAX_DELAY));
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
