// Answers questions about versions and ranges with npm's own `semver`: one JSON question a line, one JSON answer a line.
//
//   node node_semver.js <folder of the semver package>
//
//   ["version", text, loose]                            -> [normal form with build metadata] or null
//   ["compare", left, right]                            -> -1, 0 or 1
//   ["range", text, versions, loose, prereleases]       -> "0110": which versions satisfy the range; null: no range
'use strict'

const folder = process.argv[2]
const semver = require(folder)

const answers = {
  version (text, loose) {
    const parsed = semver.parse(text, { loose })
    if (!parsed) return null
    return [parsed.build.length ? `${parsed.version}+${parsed.build.join('.')}` : parsed.version]
  },
  compare (left, right) {
    return semver.compare(left, right)
  },
  range (text, versions, loose, includePrerelease) {
    const options = { loose, includePrerelease }
    if (semver.validRange(text, options) === null) return null
    const range = new semver.Range(text, options)
    return versions.map(version => semver.satisfies(version, range, options) ? '1' : '0').join('')
  },
}

const lines = require('fs').readFileSync(0, 'utf8').split('\n').filter(Boolean)
const output = [JSON.stringify(require(`${folder}/package.json`).version)]
for (const line of lines) {
  const [question, ...rest] = JSON.parse(line)
  output.push(JSON.stringify(answers[question](...rest)))
}
process.stdout.write(output.join('\n') + '\n')
