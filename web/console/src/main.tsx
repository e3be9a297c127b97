import { ApolloProvider } from "@apollo/client/react";
import { createRoot } from "react-dom/client";
import { Router } from "wouter";
import "./i18n/i18n";
import "./router/linktoken";
import { client } from "./client";
import { App } from "./page/app";
import { useConsoleLocation } from "./router/location";
import "./style/base.css";
import "./style/shell.css";
import "./style/components.css";

createRoot(document.getElementById("root")!).render(
  <ApolloProvider client={client}>
    <Router hook={useConsoleLocation}>
      <App />
    </Router>
  </ApolloProvider>,
);
