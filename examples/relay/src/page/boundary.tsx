import { Component, type ReactNode } from "react";

/**
 * Where requests that failed end up, and what a fragment with `@throwOnFieldError` throws: that a field was denied, or could
 * not be answered. Relay does not tell the two apart; it does in what it gives to `@catch`.
 */
export class Boundary extends Component<{ title: string; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) {
      return this.props.children;
    }
    return (
      <section className="card">
        <h2>{this.props.title}</h2>
        <p className="dim">Not shown: this account may not see it, or it could not be loaded.</p>
      </section>
    );
  }
}
