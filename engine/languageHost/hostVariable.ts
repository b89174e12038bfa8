/** The environment variable that tells a process which language host started it. */
export const hostVariable = "LANGUAGE_HOST_PID";
