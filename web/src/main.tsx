import "./editor/environment";
import "@graphiql/react/style.css";
import "@graphiql/plugin-doc-explorer/style.css";
import "@graphiql/plugin-history/style.css";
import "graphiql/graphiql.css";
import "./style/font.css";
import "./style/page.css";
import "./style/bar.css";
import "./style/examples.css";
import { HISTORY_PLUGIN } from "@graphiql/plugin-history";
import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";
import { Bar } from "./bar";
import { firstDocument, firstVariables } from "./document";
import { EXAMPLES } from "./examples";
import { fetcherOf } from "./fetcher";
import { post } from "./graphql";
import { Session } from "./session";
import { PageStorage } from "./storage";
import { stream } from "./stream";
import { Subscriptions } from "./subscriptions";
import { Tabs } from "./tabs";
import { Wrap } from "./wrap";

const plugins = [HISTORY_PLUGIN, EXAMPLES];
const session = new Session(post, stream, Date.now);
const subscriptions = new Subscriptions();
const fetcher = fetcherOf(session, subscriptions);

createRoot(document.getElementById("root")!).render(
  <>
    <Bar session={session} />
    <main>
      <GraphiQL
        fetcher={fetcher}
        onTabChange={subscriptions.follow}
        plugins={plugins}
        storage={new PageStorage()}
        shouldPersistHeaders={false}
        defaultQuery={firstDocument}
        initialQuery={firstDocument}
        initialVariables={firstVariables}
        defaultEditorToolsVisibility="variables"
      >
        <GraphiQL.Logo>
          {/* biome-ignore lint/complexity/noUselessFragments: no child would show the logo of GraphiQL */}
          <></>
        </GraphiQL.Logo>
        <Tabs subscriptions={subscriptions} />
        <Wrap />
      </GraphiQL>
    </main>
  </>,
);
