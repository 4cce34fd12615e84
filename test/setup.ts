// Real databases, servers and password hashing on a busy machine: a test ends by its own logic, not by five seconds.
jest.setTimeout(300_000);
