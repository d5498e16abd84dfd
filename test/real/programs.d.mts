export type RealProgram = 'kubernetes' | 'opentofu' | 'helm';
export declare function findProgram(name: RealProgram): { path: string } | { missing: string };
