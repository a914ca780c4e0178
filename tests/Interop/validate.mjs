// Checks a group's attributes against a JSON schema of OME-NGFF: node validate.mjs SCHEMA-FOLDER SCHEMA-NAME ZARR.JSON
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv/dist/2020.js";

const [folder, name, file] = process.argv.slice(2);
const ajv = new Ajv({ strict: false, allErrors: true });
const read = path => JSON.parse(readFileSync(path, "utf8"));
for (const schema of readdirSync(folder).filter(entry => entry.endsWith(".schema")))
  ajv.addSchema(read(join(folder, schema)));
const validate = ajv.getSchema(read(join(folder, name)).$id);
if (!validate(read(file).attributes)) {
  console.log(JSON.stringify(validate.errors, null, 2));
  process.exit(1);
}
console.log("valid");
