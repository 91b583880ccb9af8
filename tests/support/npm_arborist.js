// Builds trees with npm's own Arborist, from packuments that are given: no network, no disk but an empty folder.
//
//   node npm_arborist.js <folder of npm's node_modules> <folder with nothing but questions.jsonl>
//
// One JSON question a line: {"project": package.json, "members": {folder: package.json}, "packuments": {name: packument},
// "engines": {"node": version}}. One JSON answer a line: {"nodes": {path: [package, version, flags]}, "overruled": n, "lost": n},
// or {"error": code}, LATE where there was none in time. Overruled: peers that are not met, and let be. Lost: wants that are met by nothing, by mistake.
'use strict'

const fs = require('fs')
const path = require('path')
const { Worker, isMainThread, parentPort, workerData } = require('worker_threads')

const [modules, base] = process.argv.slice(2)
const Arborist = require(path.join(modules, '@npmcli', 'arborist'))
const gatherDepSet = require(path.join(modules, '@npmcli', 'arborist', 'lib', 'gather-dep-set.js'))
const HOST = 'https://registry.example/'
const PATIENCE = 2000 // milliseconds for one tree

// What Arborist asks first, before any registry: it has everything, and "not found" for the rest.
class Packuments {
  constructor (packuments) {
    this.packuments = packuments
  }

  has () {
    return true
  }

  get (key) {
    const name = decodeURIComponent(key.slice(key.indexOf(HOST) + HOST.length))
    const found = this.packuments[name]
    if (!found) throw Object.assign(new Error(`404 ${name}`), { code: 'E404' })
    return found
  }

  set () {}
  delete () {}
}

const FLAGS = ['dev', 'optional', 'devOptional', 'peer', 'extraneous']

async function answer (question, place) {
  const folder = path.join(base, `${place}`)
  fs.mkdirSync(folder)
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify(question.project))
  for (const [inside, manifest] of Object.entries(question.members || {})) {
    fs.mkdirSync(path.join(folder, inside), { recursive: true })
    fs.writeFileSync(path.join(folder, inside, 'package.json'), JSON.stringify(manifest))
  }
  let overruled = 0
  const listen = (level, title) => {
    overruled += level === 'warn' && title === 'ERESOLVE' ? 1 : 0
  }
  process.on('log', listen)
  try {
    const { node = null, npm = null } = question.engines || {}
    const tree = await new Arborist({
      path: folder,
      cache: path.join(base, 'cache'),
      registry: HOST,
      nodeVersion: node,
      npmVersion: npm,
      packumentCache: new Packuments(question.packuments),
      complete: true,
      save: true,
      fetchRetries: 0,
    }).buildIdealTree()
    const nodes = {}
    let lost = 0
    const failed = new Set() // and what is of no use without it, which npm keeps in its lock
    for (const node of tree.inventory.values()) {
      if (node.errors.length) failed.add(node)
    }
    for (const node of failed) {
      for (const edge of node.edgesIn) {
        if (!edge.optional) failed.add(edge.from)
      }
    }
    const hopeless = gatherDepSet(failed, edge => !failed.has(edge.to))
    for (const node of tree.inventory.values()) {
      for (const edge of node.edgesOut.values()) {
        lost += !edge.to && edge.type !== 'peerOptional' && !node.extraneous ? 1 : 0
      }
      if (!node.location.includes('node_modules/') || hopeless.has(node)) continue
      const version = node.package.version || ''
      const what = node.isLink ? `link:${node.target.location}` : version
      nodes[node.location] = [node.packageName, what, FLAGS.filter(flag => node[flag])]
    }
    return { nodes, overruled, lost }
  } catch (error) {
    return { error: error.code || error.message }
  } finally {
    process.off('log', listen)
  }
}

// Arborist goes round for ever in some worlds: whoever takes too long is stopped, and the next question gets a new worker.
function ask (questions, first) {
  const worker = new Worker(__filename, { argv: [modules, base], workerData: { questions, first } })
  let place = first
  const say = answered => {
    process.stdout.write(JSON.stringify(answered) + '\n')
    place += 1
    clearTimeout(timer)
    if (place < questions.length) timer = setTimeout(late, PATIENCE)
  }
  const late = async () => {
    worker.removeAllListeners()
    await worker.terminate()
    say({ error: 'LATE' })
    clearTimeout(timer)
    if (place < questions.length) ask(questions, place)
  }
  let timer = setTimeout(late, PATIENCE)
  worker.on('message', say)
}

async function work ({ questions, first }) {
  for (let place = first; place < questions.length; place++) {
    parentPort.postMessage(await answer(JSON.parse(questions[place]), place))
  }
}

if (isMainThread) {
  const lines = fs.readFileSync(path.join(base, 'questions.jsonl'), 'utf8').split('\n').filter(Boolean)
  ask(lines, 0)
} else {
  work(workerData)
}
