/** Stands for the test mode of the framework, which no deployment turns on and each would carry. */
export {}
