/** One comment of a pull request. */
export interface Comment {
  readonly id: string;
  readonly body: string;
  /** Whether the identity that this pipeline runs as wrote it. */
  readonly own: boolean;
}

/** The comments of the pull request that CI builds. */
export interface Comments {
  /** All of them, whatever the page. */
  list(): Promise<Comment[]>;
  create(body: string): Promise<void>;
  update(id: string, body: string): Promise<void>;
  remove(id: string): Promise<void>;
}
