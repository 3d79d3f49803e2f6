// Starts a TypeScript worker from source. A raw Worker cannot load a `.ts` entry under tsx on
// Node 20; registering the loader inside the thread and importing the module can.
import { workerData } from 'node:worker_threads'
import { register } from 'tsx/esm/api'

register()
await import(workerData.module)
