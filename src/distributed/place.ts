/** Who a process is among those that compute together. */
export interface Place {
  /** This process's number among all, from 0. */
  readonly rank: number;
  /** Processes in all. */
  readonly world: number;
  /** This process's number among those of its machine, from 0. */
  readonly local: number;
  /** Processes of this machine. */
  readonly localWorld: number;
  /** Where the processes find one another. */
  readonly store: FileStore | TcpStore;
  /** How often the launcher has started all processes again: the store's keys begin with it. */
  readonly round: number;
  /** Who started the processes. */
  readonly from: Launcher;
}

/** Processes of one machine meet in a file, which none has written before. */
export interface FileStore {
  /** By this it is told from the other. */
  readonly kind: "file";
  /** The file. */
  readonly path: string;
}

/** Processes of several machines meet at a TCP port. */
export interface TcpStore {
  /** By this it is told from the other. */
  readonly kind: "tcp";
  /** Name or address of the machine that opens the port. */
  readonly host: string;
  /** Its number. */
  readonly port: number;
  /** Whether this process opens the port; under torchrun its agent has done so. */
  readonly serve: boolean;
}

/**
 * csn itself by `--processes`; torchrun; Slurm's srun; or whoever set RANK and WORLD_SIZE, such as
 * Kubeflow.
 */
export type Launcher = "csn" | "torchrun" | "slurm" | "environment";
