import { answerMessages } from '../threads/answer-messages';
import { BundleTasks, perform, type Task } from './bundle-tasks';

const tasks = new BundleTasks();

/** The process behind OffProcessBundles. */
answerMessages((task: Task) => perform(tasks, task));
