import { PolicyPack } from "@pulumi/policy";
import { Pack } from "./pack";
import { rules } from "./rules";
import { onStackConfig } from "./stackConfig";

const pack = new Pack(rules);
onStackConfig((config, secretKeys) => {
  pack.configure(config, secretKeys);
});
new PolicyPack("mlops", { policies: pack.policies() });
