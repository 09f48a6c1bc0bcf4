(* The Lozi map (x, y) -> (1 - 4 |x| + y, x / 2): left and right of x = 0 it maps a strip across the block
   |x| <= 3/5, |y| <= 3/10, so its entropy is at least ln 2.  Certificates that pass, and others that do not. *)
From Certify Require Import BlockCertificate.

(* - 4 |x| = 4 x - 8 max(0, x), all over 2 *)
Definition lozi : plrnn := Plrnn 2 [[8; 2]; [1; 0]] [[-16]; [0]] [[2; 0]] [0] [2; 0].

(* The forms 5 x / 3 and 10 y / 3, and their inverse *)
Definition square : block := Block 3 [([5; 0], 0); ([0; 10], 0)]%Z 10 [[6; 0]; [0; 3]]%Z.
Definition left_strip : word := Word 0 0 1 40 [([6; -3], -10); ([0; 12], 0)]%Z.
Definition right_strip : word := Word 0 0 1 40 [([-6; 3], 10); ([0; 12], 0)]%Z.
Definition strips (slack : Q) (words : list word) (growth : Q) : block_certificate :=
  BlockHorseshoe 1 slack [square] words [1]%positive growth [0]%nat [1]%nat.

Example full_shift : chaotic_in_space 2 (plrnn_sem lozi) 2.
Proof.
  apply (block_horseshoe 2 (Recurrent lozi) (strips 0 [left_strip; right_strip] 2)).
  vm_compute. reflexivity.
Qed.

(* Rounded: -10 / 40 is now -10.2 / 40, and the first coordinate of the image is off by 1/30. *)
Definition rounded_strip : word := Word 0 0 1 400 [([60; -30], -102); ([0; 120], 0)]%Z.

Example rounded : horseshoe_check 2 (Recurrent lozi) (strips (1 # 10) [rounded_strip; right_strip] 2) = true.
Proof. vm_compute. reflexivity. Qed.
Example without_slack : horseshoe_check 2 (Recurrent lozi) (strips 0 [rounded_strip; right_strip] 2) = false.
Proof. vm_compute. reflexivity. Qed.
Example too_much_growth :
  horseshoe_check 2 (Recurrent lozi) (strips 0 [left_strip; right_strip] (21 # 10)) = false.
Proof. vm_compute. reflexivity. Qed.
Example one_word_twice : horseshoe_check 2 (Recurrent lozi) (strips 0 [left_strip; left_strip] 2) = false.
Proof. vm_compute. reflexivity. Qed.
Example too_wide : let wide := Word 0 0 1 40 [([6; -3], 0); ([0; 12], 0)]%Z in
  horseshoe_check 2 (Recurrent lozi) (strips 0 [wide; right_strip] 2) = false.
Proof. vm_compute. reflexivity. Qed.
Example another_dimension :
  horseshoe_check 3 (Recurrent lozi) (strips 0 [left_strip; right_strip] 2) = false.
Proof. vm_compute. reflexivity. Qed.
