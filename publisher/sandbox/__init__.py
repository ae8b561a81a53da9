"""The sandbox: stand-ins for every channel's service on loopback, for the demo and for tests. See `server.Sandbox`."""
