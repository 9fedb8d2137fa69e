// Firebase's Auth emulator alone: node auth_emulator.js PROJECT PORT
const { AuthEmulator } = require("firebase-tools/lib/emulator/auth");

const [projectId, port] = process.argv.slice(2);
new AuthEmulator({ projectId, host: "127.0.0.1", port: Number(port) }).start();
