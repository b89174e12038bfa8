/** Preloaded (`node --require`) into every process that the language host starts. */
import { exitWithParent } from "../exitWithParent";

exitWithParent(() => process.exit(1));
