/** Preloaded (`node --require`) into every process that the language host starts. */
import { exitWithParent } from "../exitWithParent";
import { hostVariable } from "./hostVariable";

const host = Number(process.env[hostVariable]);
// The program's own children have another parent.
Reflect.deleteProperty(process.env, hostVariable);
exitWithParent(() => process.exit(1), host);
