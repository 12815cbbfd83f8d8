/** Random numbers, under the name that belongs to data; the network draws its weights from them too. */
export {
  randomBelow,
  randomNormal,
  randomUint32,
  randomUnit,
  type RandomUse,
  shuffled,
  streamFor,
} from "../random.ts";
