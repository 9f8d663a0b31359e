// Says of each CSAF document that is named what the library of Secvisogram finds wrong with it: one line of JSON each.
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const [library, ...paths] = process.argv.slice(2)
const part = (name) => import(pathToFileURL(`${library}/${name}`))
const { default: validate } = await part('validate.js')
const tests = {
  '2.0': [await part('schemaTests.js'), await part('mandatoryTests.js')],
  '2.1': [await part('csaf_2_1/schemaTests.js'), await part('csaf_2_1/mandatoryTests.js')],
}
for (const path of paths) {
  const found = JSON.parse(readFileSync(path, 'utf8'))
  const asked = tests[found.document.csaf_version].flatMap((one) => Object.values(one))
  const { tests: results } = await validate(asked, found)
  const failed = results.filter((one) => !one.isValid)
  console.log(JSON.stringify(failed.map((one) => [one.name, one.errors.map((fault) => fault.instancePath)])))
}
