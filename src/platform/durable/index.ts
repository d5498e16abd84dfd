export {
  Durable,
  type DurableOptions,
  type Job,
  type QueueName,
  type WorkflowHandler,
  type WorkflowName,
} from './durable.js';
export { type DurableLogger, durableLogger } from './durable-logger.js';
export { isEngineStop } from './engine-stop.js';
