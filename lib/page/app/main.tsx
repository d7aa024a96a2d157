// Starts the page that is one file, with its scenes inside: a notebook's playground. The site starts by site.tsx.

import { render } from "preact";
import { App } from "./app.js";
import { begin } from "./begin.js";
import { embeddedOffers } from "./load.js";
import { Session } from "./session.js";

const session = new Session(embeddedOffers(document.querySelector("#scenes")?.textContent ?? "[]"), false);
render(<App session={session} />, document.querySelector("#app")!);
begin(session);
