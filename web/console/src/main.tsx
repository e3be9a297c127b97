import { ApolloProvider } from "@apollo/client/react";
import { createRoot } from "react-dom/client";
import { client } from "./client";
import { App } from "./page/app";
import "./style/base.css";
import "./style/shell.css";
import "./style/part.css";

createRoot(document.getElementById("root")!).render(
  <ApolloProvider client={client}>
    <App />
  </ApolloProvider>,
);
