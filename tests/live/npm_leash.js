// Run a script of node's, and end with the process that started it: `node npm_leash.js SCRIPT ARGUMENT...`.
// Standard input is the leash; see `tests/peers/leash.py`.
'use strict'

process.stdin.on('end', () => process.exit()).resume()
process.argv.splice(1, 1)
require(process.argv[1])
