/** How much time the service has lived through, and what its clock showed last (ServiceTime). */
export const serviceTime = `
CREATE TABLE service_time (
  only_row INTEGER PRIMARY KEY NOT NULL CHECK (only_row = 1),
  doc TEXT NOT NULL
);
`;
