import { createServer } from "node:net";

/** The port if it is free, or any free port for 0. Throws an error for the user if the port is taken. */
export function claimPort(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        error.code === "EADDRINUSE"
          ? new Error(`Port ${port} is in use. Choose another: PORT=8788 npm start`)
          : error,
      );
    });
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      const free = typeof address === "object" && address ? address.port : port;
      server.close(() => resolve(free));
    });
  });
}
