(* Certificates of chaos for maps of R^d: what generated proofs import. *)
From Coq Require Export Reals ZArith QArith List.
From Certify Require Export Dynamics Rational Network Spaces Vectors VectorMaps BlockCheck.
From Certify Require Import BlockHorseshoe.
Export ListNotations.
Local Open Scope R_scope.

Theorem block_horseshoe d m c : horseshoe_check d m c = true ->
  chaotic_in_space d (vector_sem m) (real (growth_of_blocks c)).
Proof. exact (block_horseshoe_sound d m c). Qed.

Open Scope Q_scope.
Open Scope numeral_scope.
