/** One line of Python that makes a PyTorch file readable. */
export const convertLine =
  `python3 -c "import sys, torch; from safetensors.torch import save_file; save_file({k: v.contiguous() for k, v in torch.load(sys.argv[1], weights_only=True).items()}, sys.argv[2])" IN.pth OUT.safetensors`;
