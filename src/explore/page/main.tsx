/** The page: its header, the view that is shown, and what goes wrong. */
import { render } from "preact";
import { Shell } from "./shell.tsx";
import { useSource } from "./explored.ts";
import { followKeys } from "./keyboard.ts";
import { serverSource } from "./server_source.ts";
import { isExported, staticSource } from "./static_source.ts";
import { followAddress } from "./state.ts";
import { followTheme } from "./theme.ts";

// First of all: the token is taken out of the address.
useSource(isExported() ? staticSource() : serverSource());
// What is said where this program cannot run.
document.getElementById("unserved")?.remove();
followTheme();
followAddress();
followKeys();
render(<Shell />, document.getElementById("page")!);
